package firstlight.server.images;

import firstlight.image.chunk.ChunkId;
import firstlight.image.store.ImageName;
import firstlight.image.store.ImageVersion;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Consumer;

/** What other servers do for the images of this one. Asked by many threads: the engine port's, the jobs' and the night's. */
public interface OtherSites {
    /** There are none. */
    OtherSites NONE = new OtherSites() {
        @Override
        public Supply supply(ImageName image, int number) {
            return new Supply.Unavailable("", false);
        }

        @Override
        public Healed heal(List<ChunkId> damaged) {
            return Healed.NOTHING;
        }

        @Override
        public void unfinished(boolean mayForget, Consumer<ChunkId> keep) {
            // nothing comes from anywhere
        }
    };

    /** How an image that somebody needs comes to be here. */
    sealed interface Supply {
        /** @param version which may have come since it was looked for */
        record Here(ImageVersion version) implements Supply {}

        /**
         * It is on its way.
         *
         * @param what {@code room12@2 comes from main}
         * @param done octets of its content that are here, of {@code total}; both 0 while nobody knows
         * @param failed how often it broke off before, whoever was told
         */
        record Coming(String what, long done, long total, Failed failed) implements Supply {
            /** In hundredths; it never broke off. */
            public Coming(String what, int percent) {
                this(what, percent, 100, Failed.NEVER);
            }

            public int percent() {
                return total == 0 ? 0 : (int) (done * 100 / total);
            }
        }

        /** @param why the last time, in words */
        record Failed(int times, String why) {
            public static final Failed NEVER = new Failed(0, "");
        }

        /** Somebody else's question for it is on its way; nobody knows yet whether it comes. */
        record Asking() implements Supply {}

        /**
         * It does not come.
         *
         * @param why in words; empty when there are no other servers
         * @param passing asking again in a moment may help
         * @param failed how often it broke off, whoever was told
         */
        record Unavailable(String why, boolean passing, int failed) implements Supply {
            public Unavailable(String why, boolean passing) {
                this(why, passing, 0);
            }
        }
    }

    /**
     * Begins to pull what is not here yet. Asks other servers: may take some seconds.
     *
     * @param number 0 for the newest: of this server when it has any, else of the others
     * @throws IOException when this server's own store cannot be read; what others cannot give is an answer
     */
    Supply supply(ImageName image, int number) throws IOException;

    /**
     * What became of damaged chunks. A chunk that is in neither was not tried: there is nobody to ask.
     *
     * @param from by chunk that is whole again, the server that gave it
     * @param failed by chunk that is not, why
     */
    record Healed(Map<ChunkId, String> from, Map<ChunkId, String> failed) {
        public static final Healed NOTHING = new Healed(Map.of(), Map.of());

        public Healed {
            from = Map.copyOf(from);
            failed = Map.copyOf(failed);
        }

        /** Of {@code all} chunks; to be put behind what they are. */
        String words(int all) {
            if (from.isEmpty()) {
                return failed.isEmpty() ? "" : ", not healed";
            }
            String servers = String.join(", ", new TreeSet<>(from.values()));
            return from.size() == all
                    ? ", all healed from " + servers
                    : ", " + from.size() + " healed from " + servers + ", " + failed.size() + " not healed";
        }

        /** To be put behind {@code chunk}. */
        String became(ChunkId chunk) {
            String server = from.getOrDefault(chunk, "");
            String why = failed.getOrDefault(chunk, "");
            return (server.isEmpty() ? "" : "; healed from " + server) + (why.isEmpty() ? "" : "; not healed: " + why);
        }
    }

    /**
     * Fetches chunks that the store lost; they are in place, verified and durable, when this returns. Takes a minute and more where a
     * server does not answer.
     *
     * @throws IOException when the store cannot be written
     */
    Healed heal(List<ChunkId> damaged) throws IOException;

    /** What became of a damaged manifest. */
    sealed interface Mended {
        /** @param version as it is now */
        record From(ImageVersion version, String server) implements Mended {}

        /** @param why in words; empty when there are no other servers */
        record No(String why) implements Mended {}
    }

    /** Fetches the manifest of {@code damaged} from a server that has that very version. */
    default Mended mend(ImageVersion damaged) throws IOException {
        return new Mended.No("");
    }

    /**
     * Tells the chunks of what is half here, which a collection must not take.
     *
     * @param mayForget whether what nobody went on with for long is given up: the clock that says so is believed
     */
    void unfinished(boolean mayForget, Consumer<ChunkId> keep) throws IOException;
}
