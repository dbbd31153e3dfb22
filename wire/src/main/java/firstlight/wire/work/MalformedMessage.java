package firstlight.wire.work;

/** A message that is not what docs/protocol/engine.md says; the text names the field. */
public final class MalformedMessage extends Exception {
    private static final long serialVersionUID = 1;

    public MalformedMessage(String text) {
        super(text);
    }
}
