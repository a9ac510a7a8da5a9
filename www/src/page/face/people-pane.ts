/**
 * Everyone enrolled, by name and number of shots and never by picture: rename, remove, add an appearance, add photos.
 * It changes nothing itself.
 */
import type { Person } from "../../face-types.ts";
import { accentAt, paint } from "../accents.ts";
import { make, makeIconButton, makeTool, setLabel, setText } from "../dom.ts";
import { acceptDrops, filesOf } from "../drops.ts";
import { onLanguage } from "../language.ts";
import { faceWords } from "./words.ts";
import type { FaceWork } from "./work.ts";

/** What the pane asks for. */
export interface PeopleActions {
  appearance(person: Person): void;
  photos(person: Person): void;
  drop(person: Person, files: File[]): void;
  remove(person: Person): void;
}

interface Row {
  element: HTMLLIElement;
  update(person: Person): void;
}

export class PeoplePane {
  readonly element = make("div", "face-people");
  readonly #work: FaceWork;
  readonly #actions: PeopleActions;
  readonly #title = make("h2", "face-heading");
  readonly #nobody = make("p", "fine");
  readonly #list = make("ul", "face-list");
  readonly #rows = new Map<number, Row>();

  constructor(work: FaceWork, actions: PeopleActions) {
    this.#work = work;
    this.#actions = actions;
    this.element.append(this.#title, this.#nobody, this.#list);
    work.events.on("change", () => this.#show());
    onLanguage(() => this.#show());
  }

  #show(): void {
    const says = faceWords();
    const { people } = this.#work;
    setText(this.#title, says.people);
    setText(this.#nobody, says.nobody);
    this.#nobody.hidden = people.length > 0;
    this.#list.setAttribute("aria-label", says.people);
    for (const [id, row] of this.#rows) {
      if (people.some((person) => person.id === id)) continue;
      row.element.remove();
      this.#rows.delete(id);
    }
    for (const person of people) {
      let row = this.#rows.get(person.id);
      if (row === undefined) {
        row = this.#makeRow(person.id);
        this.#rows.set(person.id, row);
      }
      // Appending what is there already moves it, which would take the focus away.
      if (row.element.parentElement === null) this.#list.append(row.element);
      row.update(person);
    }
  }

  #makeRow(id: number): Row {
    const now = () => this.#work.people.find((person) => person.id === id);
    const withPerson = (act: (person: Person) => void) => () => {
      const person = now();
      if (person !== undefined) act(person);
    };
    const name = make("input", "face-person-name");
    name.type = "text";
    name.maxLength = 40;
    name.addEventListener("change", () => {
      const text = name.value.trim();
      if (text !== "") void this.#work.rename(id, text);
      else name.value = now()?.name ?? "";
    });
    const shots = make("span", "fine number");
    const appearance = makeTool("plus", withPerson(this.#actions.appearance));
    const photos = makeTool("photo", withPerson(this.#actions.photos));
    const remove = makeIconButton("trash", "icon-button quiet");
    remove.addEventListener("click", withPerson(this.#actions.remove));
    const head = make("div", "face-person-head", name, shots, remove);
    const element = make("li", "face-person", head, make("div", "", appearance.button, photos.button));
    paint(element, accentAt(id));
    acceptDrops(element, async (transfer) => {
      const files = (await filesOf(transfer)).map(({ file }) => file);
      withPerson((person) => this.#actions.drop(person, files))();
    });
    return {
      element,
      update: (person) => {
        const says = faceWords();
        if (document.activeElement !== name) name.value = person.name;
        setLabel(name, says.nameOf(person.name));
        setText(shots, says.shots(person.shots.length));
        setText(appearance.text, says.addAppearance);
        setLabel(appearance.button, says.addAppearanceOf(person.name));
        setText(photos.text, says.addPhotos);
        setLabel(photos.button, says.addPhotosOf(person.name));
        setLabel(remove, says.remove(person.name));
        appearance.button.disabled = photos.button.disabled = this.#work.task !== "answer";
      },
    };
  }
}
