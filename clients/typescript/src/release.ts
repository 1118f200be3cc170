/** Which release this is, for whoever reads a server's log. */
export const VERSION = '0.1.0';
export const USER_AGENT = `galleria-client-typescript/${VERSION}`;
