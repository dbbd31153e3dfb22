package firstlight.image.manifest;

/** What an image is. */
public enum ImageKind {
    /** Disks. */
    BASE("base"),
    /** Files that are laid over a restored system. */
    ADD_ON("add-on"),
    /** Its manifest is damaged or gone. */
    UNKNOWN("unknown");

    private final String word;

    ImageKind(String word) {
        this.word = word;
    }

    /** As tables and the API say it. */
    public String word() {
        return word;
    }
}
