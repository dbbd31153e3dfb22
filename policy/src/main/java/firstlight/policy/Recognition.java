package firstlight.policy;

import firstlight.model.Facts;
import java.util.List;
import java.util.Set;

/** Who a set of facts belongs to. */
public sealed interface Recognition {
    List<String> reasons();

    /** Of who shows {@code facts}; nothing is kept, and nobody asked. */
    static Recognition of(Facts facts, Devices devices, RuleBook book) {
        Set<IdentityKey> shown = Identity.marks(facts, book.sharedAdapters());
        return Identity.recognise(shown, devices.sharing(shown));
    }

    /** Whether nothing but a UUID, which other PCs may have, says that who shows {@code facts} is {@code device}. */
    static boolean isByUuidAlone(Device device, Facts facts, RuleBook book) {
        return Identity.isByUuidAlone(device, Identity.marks(facts, book.sharedAdapters()), book.sharedAdapters());
    }

    record Known(Device device, List<String> reasons) implements Recognition {
        public Known {
            reasons = List.copyOf(reasons);
        }
    }

    /** A device that nobody has seen before. */
    record Unknown(List<String> reasons) implements Recognition {
        public Unknown {
            reasons = List.copyOf(reasons);
        }
    }

    /** It shows no mark of its own (a shared adapter alone): nobody can be recognised, and nobody registered, by that. */
    record Nameless(List<String> reasons) implements Recognition {
        public Nameless {
            reasons = List.copyOf(reasons);
        }
    }

    /** Two or more devices answer the description. A person decides, never the server. */
    record Collision(List<Device> devices, List<String> reasons) implements Recognition {
        public Collision {
            devices = List.copyOf(devices);
            reasons = List.copyOf(reasons);
        }
    }

    /** A device that is known contradicts itself: a part of it is in another PC, or a part of it was changed. A person decides. */
    record Doubtful(List<Device> devices, List<String> reasons) implements Recognition {
        public Doubtful {
            devices = List.copyOf(devices);
            reasons = List.copyOf(reasons);
        }
    }
}
