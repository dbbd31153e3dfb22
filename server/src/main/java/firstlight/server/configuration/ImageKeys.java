package firstlight.server.configuration;

import java.time.LocalTime;
import java.time.format.DateTimeParseException;
import java.util.Optional;

/** {@code images}: where they are kept, and how they are looked after. */
final class ImageKeys {
    private ImageKeys() {}

    static Configuration.Images read(Keys keys) throws InvalidConfiguration {
        Configuration.Images usual = Configuration.Images.USUAL;
        Configuration.Images read = new Configuration.Images(
                nightly(keys, usual.nightly()), keys.number("verify-percent", usual.verifyPercent(), 0, 100));
        keys.end();
        return read;
    }

    private static Optional<LocalTime> nightly(Keys keys, Optional<LocalTime> usual) throws InvalidConfiguration {
        Optional<String> text = keys.text("nightly");
        if (text.isEmpty()) {
            return usual;
        }
        if (text.get().equals("never")) {
            return Optional.empty();
        }
        try {
            return Optional.of(LocalTime.parse(text.get()));
        } catch (DateTimeParseException e) {
            throw keys.wrong("nightly", "'" + text.get() + "'", "a time like \"03:30\", or never");
        }
    }
}
