package firstlight.policy;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What was found out about each device that asked, with all that it follows from: whoever takes it compares that before it counts, so nobody has
 * to tell of a change. A firmware repeats its packets, and comes again tomorrow with the same hardware.
 *
 * <p>Many threads write into the places without a lock: a place holds an immutable record or nothing, and one that is lost is
 * only found out again.
 *
 * @param <T> immutable
 */
final class KeptByDevice<T> {
    /** More than any site's devices, whose numbers follow each other; a quarter of a megabyte when all are empty. */
    static final int PLACES = 1 << 16;

    private final int places;
    private volatile Shelf shelf;

    /** Of one rule book, so that no former one stays in memory. */
    private static final class Shelf {
        private final RuleBook book;
        private final @Nullable Object[] places;

        Shelf(RuleBook book, int places) {
            this.book = book;
            this.places = new Object[places];
        }
    }

    /** @param places how many devices are remembered at most */
    KeptByDevice(int places) {
        this.places = places;
        this.shelf = new Shelf(RuleBook.EMPTY, places);
    }

    /** What was kept in the place of {@code device} by that book: another device's, perhaps. */
    @SuppressWarnings("unchecked") // nothing else is put there
    Optional<T> of(long device, RuleBook book) {
        return Optional.ofNullable((T) shelf(book).places[place(device)]);
    }

    void keep(long device, RuleBook book, T found) {
        shelf(book).places[place(device)] = found;
    }

    private int place(long device) {
        return Math.floorMod(device, places);
    }

    /** Books are replaced whole, never changed. A thread that is late with a former one only costs the others their shelf. */
    private Shelf shelf(RuleBook book) {
        Shelf current = shelf;
        if (current.book != book) {
            current = new Shelf(book, places);
            shelf = current;
        }
        return current;
    }
}
