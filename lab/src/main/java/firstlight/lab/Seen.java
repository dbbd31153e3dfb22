package firstlight.lab;

import java.time.Instant;

/** Something that the lab saw of a PC from the outside. */
sealed interface Seen permits Packet, Seen.Line {
    /** When the lab saw it: of a packet by the kernel's clock at the bridge, of a console line when {@link FileTail} read it. */
    Instant at();

    /** A line on the serial console; a prompt that ends no line counts as one. */
    record Line(Instant at, String pc, String text) implements Seen {
        @Override
        public String toString() {
            return text;
        }
    }
}
