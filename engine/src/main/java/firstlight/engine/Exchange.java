package firstlight.engine;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** One request to the server and its answer; retries are somebody else's business. For several threads at once. */
interface Exchange {
    /** What is sent; written anew at each try. */
    interface Body {
        Body EMPTY = new Body() {
            @Override
            public long length() {
                return 0;
            }

            @Override
            public void write(OutputStream out) {}
        };

        /** Octets, known beforehand. */
        long length();

        void write(OutputStream out) throws IOException;

        static Body of(byte[] octets) {
            return new Body() {
                @Override
                public long length() {
                    return octets.length;
                }

                @Override
                public void write(OutputStream out) throws IOException {
                    out.write(octets);
                }
            };
        }
    }

    /** Reads a successful answer to its end. */
    interface Reader<T> {
        T read(InputStream in) throws IOException;
    }

    /**
     * @param path from the server's root, such as {@code /engine/hello}
     * @param type of the body
     * @throws Refused when the server answered with an error
     * @throws IOException when no whole answer came
     */
    <T> T send(String method, String path, String type, Body body, Reader<T> reader) throws IOException;
}
