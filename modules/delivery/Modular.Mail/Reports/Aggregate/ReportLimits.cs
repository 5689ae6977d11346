namespace Modular.Mail.Reports.Aggregate;

/// <summary>How much of a stranger's report is unpacked and read. What goes beyond is refused as a whole.</summary>
public sealed record ReportLimits
{
    public static ReportLimits Default { get; } = new();

    /// <summary>Bytes of the file or attachment as it came, and of an archive inside an archive.</summary>
    public int CompressedBytes { get; init; } = 10 * 1024 * 1024;

    /// <summary>Bytes that come out of one file, over all its entries.</summary>
    public long Bytes { get; init; } = 200 * 1024 * 1024;

    /// <summary>Bytes out for each byte in, once more than <see cref="SmallBytes"/> came out. XML of many like records packs well; a bomb packs better.</summary>
    public int Ratio { get; init; } = 200;

    public int SmallBytes { get; init; } = 1024 * 1024;

    /// <summary>Entries of one archive.</summary>
    public int Entries { get; init; } = 100;

    /// <summary>Archives inside one another.</summary>
    public int Nesting { get; init; } = 3;

    /// <summary>Elements, or JSON values, inside one another.</summary>
    public int Depth { get; init; } = 20;

    /// <summary>Records of one report, or policies of one.</summary>
    public int Records { get; init; } = 100_000;

    /// <summary>Characters of damaged XML that are looked through for what is still to be had.</summary>
    public int SalvagedChars { get; init; } = 16 * 1024 * 1024;

    /// <summary>Bytes of one report's JSON, which is held whole.</summary>
    public int JsonBytes { get; init; } = 16 * 1024 * 1024;
}
