package firstlight.server.api;

import firstlight.model.Sha256;

/** A strong entity tag (RFC 9110 8.8.3): of what is answered, so that nothing needs a version column. */
final class Tag {
    private Tag() {}

    /** 96 bits, which nobody collides by chance. */
    static String of(Answer answer) {
        return '"' + Sha256.hex(answer.body()).substring(0, 24) + '"';
    }
}
