package firstlight.image.leftout;

import java.io.IOException;

/** What could tell where files lie is not installed. */
final class NoSuchTool extends IOException {
    private static final long serialVersionUID = 1;

    NoSuchTool(String name) {
        super(name + ", which tells where files lie, is missing");
    }
}
