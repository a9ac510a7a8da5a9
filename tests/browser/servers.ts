/**
 * Where the tests' servers are: fixed ports that nothing well known uses, or those from `KSHOT_TEST_PORT` on, so that
 * two checkouts can be tested at once.
 */
const FIRST_PORT = Number(process.env.KSHOT_TEST_PORT ?? 4617);

export const PAGE_PORT = FIRST_PORT;
export const API_PORT = FIRST_PORT + 1;

/** The built page, as users get it. */
export const PAGE_URL = `http://127.0.0.1:${PAGE_PORT}/`;

/** An empty page that holds the API. */
export const API_URL = `http://127.0.0.1:${API_PORT}/`;

/** A host name that Chromium is told to find here (chromium.ts) and that is not this machine's to the browser; it gets no secure context over plain http. */
export const FOREIGN_HOST = "kshot.test";
export const FOREIGN_URL = `http://${FOREIGN_HOST}:${PAGE_PORT}/`;
