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

/** Images that come from another server while a PC waits for them; its transaction tells how far they are. */
final class Arrivals {
    private static final int ASK_AGAIN = 5;
    /** About a minute, for a server that is being restarted; or as many pulls that fail. */
    private static final int PATIENCE = 12;

    private final OtherSites others;
    private final TransactionLog log;
    private final Map<Long, Told> told = new ConcurrentHashMap<>();

    /** What an engine gets in place of its order. */
    sealed interface Answer {
        record Wait(String why, int seconds) implements Answer {}

        /** {@code why} follows "there is no such image in the store". */
        record No(String why) implements Answer {}
    }

    /**
     * What a transaction was told last.
     *
     * @param patience how often it was told to be patient since the image came further
     * @param percent of the image that were here at most
     */
    private record Told(String text, int patience, int percent) {
        static final Told NOTHING = new Told("", 0, 0);
    }

    Arrivals(OtherSites others, TransactionLog log) {
        this.others = others;
        this.log = log;
    }

    Answer ask(Boot boot, Task.Restore restore, Instant now) throws IOException {
        Told before = told.getOrDefault(boot.id(), Told.NOTHING);
        return switch (others.supply(new ImageName(restore.image()), restore.version())) {
            case OtherSites.Supply.Here(var version) -> {
                told.remove(boot.id());
                yield new Answer.Wait(version.name() + " is here", 1);
            }
            case OtherSites.Supply.Coming(String what, int percent) -> {
                String tenth = what + (percent < 10 ? "" : ", " + percent / 10 * 10 + " % of it is here");
                // A pull that failed is begun anew by whoever asks next: that alone is no progress.
                int patience = percent > before.percent ? 0 : before.patience;
                tell(boot, new Told(tenth, patience, Math.max(percent, before.percent)), now);
                yield new Answer.Wait(what + ", " + percent + " % of it is here", ASK_AGAIN);
            }
            case OtherSites.Supply.Asking _ ->
                new Answer.Wait("other servers are being asked for " + restore.image(), ASK_AGAIN);
            case OtherSites.Supply.Unavailable(String why, boolean passing) -> {
                int patience = before.patience + 1;
                if (passing && patience <= PATIENCE) {
                    tell(boot, new Told("it is not here, " + why + "; asked again", patience, before.percent), now);
                    yield new Answer.Wait(restore.image() + " is not here, " + why, ASK_AGAIN);
                }
                told.remove(boot.id());
                yield new Answer.No(why.isEmpty() ? "; see firstlight image list" : ", " + why);
            }
        };
    }

    private void tell(Boot boot, Told news, Instant now) {
        Told before = told.put(boot.id(), news);
        if (before == null || !before.text.equals(news.text)) {
            log.append(boot, now, "image", news.text);
        }
    }
}
