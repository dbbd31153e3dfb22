package firstlight.image.store;

/** While it is open, something of a store cannot go away. Closing it twice does no harm. */
public interface Hold extends AutoCloseable {
    @Override
    void close();
}
