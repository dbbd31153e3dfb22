package firstlight.wire.multicast;

import firstlight.model.Bytes;

/** What a sender says to its group. The symbol's octets follow its header and are not part of the value: they are many. */
public sealed interface StreamPacket {
    /** Which stream: a random number, for two servers may have chosen the same group. */
    int stream();

    /** How many packets of the stream came before this one. Two packets never have the same number. */
    long sequence();

    /**
     * One symbol of a block.
     *
     * @param block its number, from 0: the place of its chunk in the order of the image
     * @param length octets of the whole sealed block, 1 to {@link Block#MAX_LENGTH}
     * @param index 0 to 254; below {@link Block#symbols} a piece of the block itself, from there on parity
     */
    record Symbol(int stream, long sequence, int block, int length, int index) implements StreamPacket {
        public Symbol {
            if (sequence < 0 || block < 0) {
                throw new IllegalArgumentException("sequence " + sequence + ", block " + block);
            }
            if (length < 1 || length > Block.MAX_LENGTH) {
                throw new IllegalArgumentException("a block has 1 to " + Block.MAX_LENGTH + " octets, not " + length);
            }
            if (index < 0 || index >= Block.MAX_SYMBOLS) {
                throw new IllegalArgumentException("there is no symbol " + index);
            }
        }
    }

    /**
     * Says that the stream lives while it has nothing to send.
     *
     * @param tag by which {@link StreamSeal} knows that the sender said so: anybody could end a stream else
     */
    record Beat(int stream, long sequence, Phase phase, Bytes tag) implements StreamPacket {
        public Beat {
            if (sequence < 0) {
                throw new IllegalArgumentException("sequence " + sequence);
            }
            if (tag.length() != StreamSeal.TAG) {
                throw new IllegalArgumentException("a tag of " + tag.length() + " octets");
            }
        }
    }

    /** Where a stream stands. */
    enum Phase {
        /** Waits for the members that are still to come. */
        GATHERING(0),
        /** Nobody lacks anything just now. */
        IDLE(1),
        /** Nothing more will come. */
        ENDED(2);

        private final int code;

        Phase(int code) {
            this.code = code;
        }

        /** As it stands in a beat. */
        public int code() {
            return code;
        }
    }
}
