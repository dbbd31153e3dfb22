package firstlight.wire.work;

/** The server's word that a manifest is complete and visible as this version. */
public record Published(String image, int version) {}
