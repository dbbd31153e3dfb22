package firstlight.database;

import java.time.Instant;

/**
 * Something that a person must look at.
 *
 * @param device 0 for none
 * @param times how often it was raised
 * @param dismissedBy empty while it is open
 */
public record Alarm(long id, long device, String text, Instant first, Instant last, int times, String dismissedBy) {}
