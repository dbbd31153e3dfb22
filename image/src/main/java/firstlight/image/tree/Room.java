package firstlight.image.tree;

/**
 * What a file system has left.
 *
 * @param block octets of its smallest piece
 * @param free octets
 * @param nodes how many files it can have; 0 when it does not say
 * @param freeNodes how many more
 */
public record Room(long block, long free, long nodes, long freeNodes, boolean readOnly) {}
