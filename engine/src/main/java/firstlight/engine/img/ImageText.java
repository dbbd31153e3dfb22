package firstlight.engine.img;

import firstlight.image.store.ImageName;

/** {@code NAME} or {@code NAME@VERSION}; version 0 is the newest. */
record ImageText(ImageName name, int version) {
    static ImageText of(String text) {
        int at = text.lastIndexOf('@');
        if (at < 0) {
            return new ImageText(new ImageName(text), 0);
        }
        String number = text.substring(at + 1);
        if (!number.matches("[1-9][0-9]{0,8}")) {
            throw new IllegalArgumentException("'" + number + "' is no version: room12@3 is version 3 of room12");
        }
        return new ImageText(new ImageName(text.substring(0, at)), Integer.parseInt(number));
    }

    @Override
    public String toString() {
        return name + (version == 0 ? "" : "@" + version);
    }
}
