package firstlight.engine.img;

import firstlight.image.ImageFailure;
import firstlight.image.store.ImageName;

/** {@code NAME} or {@code NAME@VERSION}; version 0 is the newest. */
record ImageText(ImageName name, int version) {
    /** @throws ImageFailure when a person mistyped it */
    static ImageText of(String text) throws ImageFailure {
        int at = text.lastIndexOf('@');
        if (at < 0) {
            return new ImageText(name(text), 0);
        }
        String number = text.substring(at + 1);
        if (!number.matches("[1-9][0-9]{0,8}")) {
            throw new ImageFailure(
                    "'" + text + "' is no image", "'" + number + "' is no version", "room12@3 is version 3 of room12");
        }
        return new ImageText(name(text.substring(0, at)), Integer.parseInt(number));
    }

    private static ImageName name(String text) throws ImageFailure {
        if (!ImageName.isValid(text)) {
            throw new ImageFailure("'" + text + "' is no image's name", ImageName.RULE, "Name the image, as room12");
        }
        return new ImageName(text);
    }

    @Override
    public String toString() {
        return name + (version == 0 ? "" : "@" + version);
    }
}
