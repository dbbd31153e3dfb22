package firstlight.image.manifest;

import firstlight.image.extents.Extents;

/** One file of an add-on. Paths are {@link TreePath}s. */
public sealed interface AddOnEntry {
    String path();

    /**
     * A folder; one that is there already keeps what is in it.
     *
     * @param exact whether one that is there already gets the attributes too; otherwise it keeps its own
     */
    record Folder(String path, FileAttributes attributes, boolean exact) implements AddOnEntry {
        public Folder {
            TreePath.check(path);
        }
    }

    /**
     * An ordinary file.
     *
     * @param length in octets
     * @param data the ranges that hold something; the rest are holes, which read as zeros
     * @param offset where the octets of {@code data}, one range after the other, begin in the add-on's content
     */
    record Plain(String path, FileAttributes attributes, long length, Extents data, long offset) implements AddOnEntry {
        public Plain {
            TreePath.check(path);
            if (length < data.end() || offset < 0) {
                throw new IllegalArgumentException(path + " of " + length + " octets has data up to " + data.end());
            }
        }
    }

    /** A symbolic link. */
    record Link(String path, FileAttributes attributes, String target) implements AddOnEntry {
        public Link {
            TreePath.check(path);
            if (target.isEmpty() || target.indexOf('\0') >= 0) {
                throw new IllegalArgumentException(path + " links to nothing");
            }
        }
    }

    /** Another name (a hard link) of the {@link Plain} file {@code of}. */
    record Twin(String path, String of) implements AddOnEntry {
        public Twin {
            TreePath.check(path);
            TreePath.check(of);
        }
    }

    /** A FIFO or a device. */
    record Special(String path, FileAttributes attributes, Kind kind, int major, int minor) implements AddOnEntry {
        public Special {
            TreePath.check(path);
            if (major < 0 || minor < 0) {
                throw new IllegalArgumentException(path + " is device " + major + ":" + minor);
            }
        }

        /** With its number in the format. */
        public enum Kind {
            FIFO(5),
            CHARACTER(6),
            BLOCK(7);

            private final int code;

            Kind(int code) {
                this.code = code;
            }

            int code() {
                return code;
            }

            static Kind of(int code) {
                for (Kind kind : values()) {
                    if (kind.code == code) {
                        return kind;
                    }
                }
                throw new IllegalArgumentException("a file of kind " + code);
            }
        }
    }
}
