package firstlight.image.luks;

import firstlight.image.disk.Source;

/**
 * What an encrypted volume holds.
 *
 * @param offset of its first octet in the encrypted volume
 */
public record Opened(Source source, long offset) {}
