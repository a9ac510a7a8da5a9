/** The methods in the order of the lecture: their family, paper and words are all that the page knows of them. */
import type { MethodId } from "../../lab-types.ts";

/** How methods are grouped; the group's colour is none, only its name. */
export type Family =
  | "pairs"
  | "margins"
  | "prototypes"
  | "attention"
  | "relation"
  | "imagination"
  | "sequence"
  | "counter";

export interface MethodFacts {
  id: MethodId;
  family: Family;
  /** Authors and year, and where the paper is. */
  paper: { by: string; url: string };
  /** Whether the order of the shots may change its scores, by how it is built. */
  readsOrder: boolean;
}

const arxiv = (number: string) => `https://arxiv.org/abs/${number}`;

export const METHODS: readonly MethodFacts[] = [
  {
    id: "siamese",
    family: "pairs",
    paper: {
      by: "Koch et al. 2015",
      url: "https://www.cs.cmu.edu/~rsalakhu/papers/oneshot1.pdf",
    },
    readsOrder: false,
  },
  {
    id: "triplet",
    family: "pairs",
    paper: { by: "Schroff et al. 2015", url: arxiv("1503.03832") },
    readsOrder: false,
  },
  {
    id: "sphereface",
    family: "margins",
    paper: { by: "Liu et al. 2017", url: arxiv("1704.08063") },
    readsOrder: false,
  },
  {
    id: "cosface",
    family: "margins",
    paper: { by: "Wang et al. 2018", url: arxiv("1801.05599") },
    readsOrder: false,
  },
  {
    id: "arcface",
    family: "margins",
    paper: { by: "Deng et al. 2018", url: arxiv("1801.07698") },
    readsOrder: false,
  },
  {
    id: "prototypical",
    family: "prototypes",
    paper: { by: "Snell et al. 2017", url: arxiv("1703.05175") },
    readsOrder: false,
  },
  {
    id: "prototypical_cosine",
    family: "prototypes",
    paper: { by: "Snell et al. 2017", url: arxiv("1703.05175") },
    readsOrder: false,
  },
  {
    id: "matching",
    family: "attention",
    paper: { by: "Vinyals et al. 2016", url: arxiv("1606.04080") },
    readsOrder: false,
  },
  {
    id: "matching_context",
    family: "attention",
    paper: { by: "Vinyals et al. 2016", url: arxiv("1606.04080") },
    readsOrder: true,
  },
  {
    id: "relation",
    family: "relation",
    paper: { by: "Sung et al. 2018", url: arxiv("1711.06025") },
    readsOrder: false,
  },
  {
    id: "imaginary",
    family: "imagination",
    paper: { by: "Wang et al. 2018", url: arxiv("1801.05401") },
    readsOrder: false,
  },
  {
    id: "lstm",
    family: "sequence",
    paper: { by: "Santoro et al. 2016", url: arxiv("1605.06065") },
    readsOrder: true,
  },
  {
    id: "mann",
    family: "sequence",
    paper: { by: "Santoro et al. 2016", url: arxiv("1605.06065") },
    readsOrder: true,
  },
  {
    id: "snail",
    family: "sequence",
    paper: { by: "Mishra et al. 2018", url: arxiv("1707.03141") },
    readsOrder: true,
  },
  {
    id: "autoencoder",
    family: "counter",
    paper: {
      by: "Hinton & Salakhutdinov 2006",
      url: "https://doi.org/10.1126/science.1127647",
    },
    readsOrder: false,
  },
];
