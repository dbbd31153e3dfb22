package firstlight.image.nbd;

import firstlight.model.Bytes;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * What a client asks for while it and the server still haggle (proto.md, "Option types"): 64 bits {@code IHAVEOPT},
 * the option's number, the length of its data, the data.
 */
sealed interface NbdOption {
    long MAGIC = 0x4948_4156_454F_5054L;
    int HEADER = 16;

    /** No option of ours is longer: a name has at most 4096 octets. */
    int LONGEST = 1 << 14;

    int code();

    /** The old way to choose an export: there is no way to say no but to hang up. */
    record ExportName(String export) implements NbdOption {
        @Override
        public int code() {
            return 1;
        }
    }

    record Abort() implements NbdOption {
        @Override
        public int code() {
            return 2;
        }
    }

    /** Which exports are there? */
    record ListExports() implements NbdOption {
        @Override
        public int code() {
            return 3;
        }
    }

    /**
     * What is {@code export} like; and, when {@code go}, begin with it.
     *
     * @param asked the kinds of information that the client wants, by their numbers
     */
    record Info(String export, boolean go, List<Integer> asked) implements NbdOption {
        public Info {
            asked = List.copyOf(asked);
        }

        @Override
        public int code() {
            return go ? 7 : 6;
        }
    }

    /** TLS, structured replies and what else we have not. */
    record Unknown(int code, Bytes data) implements NbdOption {}

    static NbdOption decode(int code, byte[] data) {
        ByteBuffer in = ByteBuffer.wrap(data);
        return switch (code) {
            case 1 -> new ExportName(text(in, data.length));
            case 2 -> new Abort();
            case 3 -> {
                if (data.length != 0) {
                    throw new MalformedNbd("NBD_OPT_LIST with " + data.length + " octets of data");
                }
                yield new ListExports();
            }
            case 6, 7 -> {
                String export = text(in, in.remaining() < 4 ? -1 : in.getInt());
                int count = in.remaining() < 2 ? -1 : in.getShort() & 0xFFFF;
                if (count < 0 || in.remaining() != 2 * count) {
                    throw new MalformedNbd("an export's information is asked for with " + data.length + " octets");
                }
                List<Integer> asked = new ArrayList<>();
                while (in.hasRemaining()) {
                    asked.add(in.getShort() & 0xFFFF);
                }
                yield new Info(export, code == 7, asked);
            }
            default -> new Unknown(code, Bytes.of(data));
        };
    }

    private static String text(ByteBuffer in, int length) {
        if (length < 0 || length > in.remaining()) {
            throw new MalformedNbd("an export's name of " + Integer.toUnsignedString(length) + " octets");
        }
        byte[] octets = new byte[length];
        in.get(octets);
        String text = new String(octets, StandardCharsets.UTF_8);
        if (text.indexOf(0) >= 0 || text.indexOf(0xFFFD) >= 0) {
            throw new MalformedNbd("an export's name that is no text");
        }
        return text;
    }

    /** The data alone. */
    static byte[] encode(NbdOption option) {
        return switch (option) {
            case ExportName(String export) -> export.getBytes(StandardCharsets.UTF_8);
            case Abort _, ListExports _ -> new byte[0];
            case Info info -> {
                byte[] name = info.export().getBytes(StandardCharsets.UTF_8);
                ByteBuffer out = ByteBuffer.allocate(
                        4 + name.length + 2 + 2 * info.asked().size());
                out.putInt(name.length).put(name).putShort((short) info.asked().size());
                info.asked().forEach(kind -> out.putShort(kind.shortValue()));
                yield out.array();
            }
            case Unknown unknown -> unknown.data().toArray();
        };
    }
}
