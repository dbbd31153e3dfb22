package firstlight.server.access;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;

/** Warnings that each request would repeat: each is in the log once, until the server starts again. For any thread. */
final class ToldOnce {
    /** What is told names persons and groups; beyond so many they are not counted any more, and not told. */
    private static final int MOST = 10_000;

    private final Logger log;
    private final Set<String> told = ConcurrentHashMap.newKeySet();

    ToldOnce(Logger log) {
        this.log = log;
    }

    void warn(String text) {
        if (told.size() < MOST && told.add(text)) {
            log.warn("{}", text);
        }
    }
}
