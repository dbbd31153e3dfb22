package firstlight.model;

import java.time.Instant;

/** The one seam between the servers that a firmware meets and whoever decides. Called many times a boot: idempotent. */
public interface BootDecisions {
    /** The limited check at the first packet. {@code facts} hold what DHCP shows: MAC, UUID, architecture, subnet. */
    FirstAnswer firstAnswer(Facts facts, Instant now);

    /** The limited check with all preboot facts. Opens, or finds again, the device's transaction. */
    PrebootAnswer prebootAnswer(Facts facts, Instant now);
}
