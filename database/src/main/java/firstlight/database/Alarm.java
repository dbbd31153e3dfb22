package firstlight.database;

import java.time.Instant;

/**
 * Something that a person must look at.
 *
 * @param id counted up by the database; never given again
 * @param device 0 for none
 * @param text one line for people, which names the device where there is one; it is the alarm's identity with {@code device}
 * @param first when it was raised first; {@code last} when last, while it was open
 * @param times how often it was raised
 * @param dismissedBy empty while it is open
 */
public record Alarm(long id, long device, String text, Instant first, Instant last, int times, String dismissedBy) {}
