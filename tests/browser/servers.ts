/** Where the tests' two servers are: fixed ports that nothing well known uses. */

export const PAGE_PORT = 4617;
export const API_PORT = 4618;

/** The built page, as users get it. */
export const PAGE_URL = `http://127.0.0.1:${PAGE_PORT}/`;

/** An empty page that holds the API. */
export const API_URL = `http://127.0.0.1:${API_PORT}/`;

/** A host name that Chromium is told to find here (chromium.ts) and that is not this machine's to the browser; it gets no secure context over plain http. */
export const FOREIGN_HOST = "kshot.test";
export const FOREIGN_URL = `http://${FOREIGN_HOST}:${PAGE_PORT}/`;
