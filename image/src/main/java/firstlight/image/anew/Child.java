package firstlight.image.anew;

/**
 * A file or folder as its directory names it.
 *
 * @param at the octet in the directory at which the entry that points to the content begins
 * @param name for messages
 * @param first the first cluster; 0 for none
 * @param size octets of a file; of a folder of FAT, which has no size, 0
 * @param valid octets of a file that were ever written; exFAT reads zeros behind them
 * @param contiguous no chain stands in the table: the clusters lie side by side (exFAT)
 */
record Child(int at, String name, boolean directory, long first, long size, long valid, boolean contiguous) {}
