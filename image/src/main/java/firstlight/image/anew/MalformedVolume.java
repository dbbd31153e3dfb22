package firstlight.image.anew;

import java.io.IOException;

/** A volume that contradicts itself, so that its files cannot be told. */
public final class MalformedVolume extends IOException {
    private static final long serialVersionUID = 1;

    MalformedVolume(String why) {
        super(why);
    }
}
