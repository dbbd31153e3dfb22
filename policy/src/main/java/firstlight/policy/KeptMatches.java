package firstlight.policy;

import firstlight.model.Facts;
import firstlight.policy.rule.FactValues;
import org.jspecify.annotations.Nullable;

/**
 * The {@link RuleMatches} of each device that asked, kept until its facts, its group or the rule book change: a firmware repeats
 * its packets, and comes again tomorrow with the same hardware. Everything they follow from is compared before they are given
 * again, so nobody has to tell of a change.
 *
 * <p>Many threads write into the places without a lock: a place holds an immutable record or nothing, and one that is lost is
 * only found out again.
 */
final class KeptMatches {
    /** More than any site's devices, whose numbers follow each other; a quarter of a megabyte when all are empty. */
    private static final int PLACES = 1 << 16;

    private final int places;
    private volatile Shelf shelf;

    /** Of one rule book, so that no former one stays in memory. */
    private static final class Shelf {
        private final RuleBook book;
        private final @Nullable Kept[] places;

        Shelf(RuleBook book, int places) {
            this.book = book;
            this.places = new Kept[places];
        }
    }

    /** @param facts the device's own, with what the PC shows now */
    private record Kept(long device, long group, Facts facts, RuleMatches matches) {
        boolean isOf(Device asked, Facts shown) {
            return device == asked.id() && group == asked.group() && facts.equals(shown);
        }
    }

    KeptMatches() {
        this(PLACES);
    }

    /** @param places how many devices are remembered at most */
    KeptMatches(int places) {
        this.places = places;
        this.shelf = new Shelf(RuleBook.EMPTY, places);
    }

    /** For the limited check: of {@code device}, which shows {@code shown} now. */
    RuleMatches of(Device device, Facts shown, RuleBook book) {
        Facts facts = device.facts().mergedWith(shown);
        @Nullable Kept[] here = shelf(book).places;
        int place = Math.floorMod(device.id(), places);
        Kept kept = here[place];
        if (kept != null && kept.isOf(device, facts)) {
            return kept.matches;
        }
        RuleMatches fresh = RuleMatches.of(FactValues.of(facts), book.rulesFor(device));
        here[place] = new Kept(device.id(), device.group(), facts, fresh);
        return fresh;
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
