package firstlight.policy;

/** A device that a PC could be, with the policy that would count for it. */
record Candidate(Device device, EffectivePolicy policy) {}
