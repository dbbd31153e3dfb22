package firstlight.image.extents;

/**
 * A file system's own map of its blocks.
 *
 * @param end the first octet behind the last block, in use or not
 */
record UsedMap(Extents used, long end) {}
