/**
 * Numbers that manager and child keep to. Apart from their messages' schemas, which take a child 20 ms
 * and 2 MB to build and which only the manager needs.
 */

/** How often a child says that it is alive, in ms. */
export const HEARTBEAT_MS = 1000;
/** Most candles in one message: a warm-up comes in pieces of this size. */
export const CANDLES_PER_MESSAGE_MAX = 500;
/** Most feeds of one strategy. */
export const FEEDS_MAX = 200;
