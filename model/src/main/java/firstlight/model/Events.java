package firstlight.model;

import java.time.Instant;

/** Takes what happens on the way of a boot; the console and the log show it. Must not block. */
public interface Events {
    /**
     * @param device the device's MAC address as far as the sender can tell
     * @param kind a stable word such as {@code offer}, {@code transfer}, {@code decision}, {@code failure}
     * @param text one line for people
     */
    void happened(Instant when, MacAddress device, String kind, String text);
}
