package firstlight.server.imaging;

import firstlight.database.Boot;
import firstlight.image.store.ImageName;
import firstlight.policy.work.Task;
import firstlight.server.boots.TransactionLog;
import firstlight.server.images.OtherSites;
import java.io.IOException;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Images that come from another server while a PC waits for them; its transaction tells how far they are. For several threads; of one
 * transaction one request at a time comes.
 */
final class Arrivals {
    /** Seconds; also the unit of {@link #PATIENCE}. */
    private static final int ASK_AGAIN = 5;
    /** About a minute, for a server that is being restarted; or as many pulls that fail. */
    private static final int PATIENCE = 12;

    private final OtherSites others;
    private final TransactionLog log;
    /** By transaction; forgotten with the answer that ends the waiting. */
    private final Map<Long, Told> told = new ConcurrentHashMap<>();

    /** What an engine gets in place of its order. */
    sealed interface Answer {
        /**
         * @param why for the PC's screen
         * @param seconds until the engine asks again
         */
        record Wait(String why, int seconds) implements Answer {}

        /** {@code why} follows "there is no such image in the store". */
        record No(String why) implements Answer {}
    }

    /**
     * What a transaction was told last.
     *
     * @param patience how often it was told to be patient, or the pull broke off, since the image came further
     * @param done octets of the image that were here at most
     * @param failed how often its pull had broken off by then
     */
    private record Told(String text, int patience, long done, int failed) {
        /** Of one that is told for the first time: what broke off before does not count against it. */
        static Told nothing(int failed) {
            return new Told("", 0, 0, failed);
        }

        /** With what broke off since; a count that is less than it was is another pull's. */
        Told since(int times) {
            return new Told(text, patience + Math.max(0, times - failed), done, times);
        }
    }

    Arrivals(OtherSites others, TransactionLog log) {
        this.others = others;
        this.log = log;
    }

    /**
     * Called each time that the engine says hello, while its image is not here.
     *
     * @throws IOException when this server's store cannot be read
     */
    Answer ask(Boot boot, Task.Restore restore, Instant now) throws IOException {
        return switch (others.supply(new ImageName(restore.image()), restore.version())) {
            case OtherSites.Supply.Here(var version) -> {
                told.remove(boot.id());
                yield new Answer.Wait(version.name() + " is here", 1);
            }
            case OtherSites.Supply.Coming coming -> {
                Told before = before(boot, coming.failed().times());
                // A pull that failed is begun anew by whoever asks next: that alone is no progress.
                boolean further = coming.done() > before.done;
                if (before.patience > PATIENCE && !further) {
                    yield no(boot, coming.failed().why());
                }
                int percent = coming.percent();
                String tenth = coming.what() + (percent < 10 ? "" : ", " + percent / 10 * 10 + " % of it is here");
                tell(
                        boot,
                        new Told(
                                tenth,
                                further ? 0 : before.patience,
                                Math.max(coming.done(), before.done),
                                before.failed),
                        now);
                yield new Answer.Wait(coming.what() + ", " + percent + " % of it is here", ASK_AGAIN);
            }
            case OtherSites.Supply.Asking _ ->
                new Answer.Wait("other servers are being asked for " + restore.image(), ASK_AGAIN);
            case OtherSites.Supply.Unavailable(String why, boolean passing, int failed) -> {
                Told before = before(boot, Math.max(0, failed - 1)); // what it is told now counts once
                int patience = before.patience + 1;
                if (passing && patience <= PATIENCE) {
                    String text = "it is not here, " + why + "; asked again";
                    tell(boot, new Told(text, patience, before.done, Math.max(failed, before.failed)), now);
                    yield new Answer.Wait(restore.image() + " is not here, " + why, ASK_AGAIN);
                }
                yield no(boot, why);
            }
        };
    }

    /** What that transaction was told last, with what broke off since. */
    private Told before(Boot boot, int failed) {
        Told known = told.get(boot.id());
        return known == null ? Told.nothing(failed) : known.since(failed);
    }

    private Answer no(Boot boot, String why) {
        told.remove(boot.id());
        return new Answer.No(why.isEmpty() ? "; see firstlight image list" : ", " + why);
    }

    private void tell(Boot boot, Told news, Instant now) {
        Told before = told.put(boot.id(), news);
        if (before == null || !before.text.equals(news.text)) {
            log.append(boot, now, "image", news.text);
        }
    }
}
