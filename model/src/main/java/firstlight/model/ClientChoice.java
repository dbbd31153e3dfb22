package firstlight.model;

/** Which preboot client a device gets; its firmware says which of the two counts. */
public record ClientChoice(BiosClient bios, UefiClient uefi) {}
