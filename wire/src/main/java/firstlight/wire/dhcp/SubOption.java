package firstlight.wire.dhcp;

import firstlight.model.Bytes;
import java.util.List;
import java.util.Optional;

/** One code-length-value triple inside an option that encapsulates others, as it stands on the wire. */
public record SubOption(int code, Bytes data) {
    public SubOption {
        Octets.check(code >= 0 && code <= 255, "a code has one octet, not ", code);
        Octets.check(data.length() <= 255, "a sub-option has at most 255 octets, not ", data.length());
    }

    static Optional<SubOption> find(List<SubOption> subOptions, int code) {
        return subOptions.stream().filter(sub -> sub.code == code).findFirst();
    }
}
