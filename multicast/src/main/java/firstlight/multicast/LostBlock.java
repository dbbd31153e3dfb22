package firstlight.multicast;

import java.io.IOException;

/** A block cannot be sent, however often it is asked for. What fails otherwise may come when it is asked for again. */
public final class LostBlock extends IOException {
    private static final long serialVersionUID = 1;

    public LostBlock(String why) {
        super(why);
    }
}
