namespace Modular.Contacts.Segments;

/// <param name="Path">To the part that is wrong, as in <c>and[1].not.value</c>; empty for the whole.</param>
internal sealed record SegmentRefused(string Path, string Why) : Fault(Path.Length == 0 ? Why : $"At {Path}: {Why}")
{
    public override string Field => Path.Length == 0 ? "definition" : "definition." + Path;
}

internal sealed record SegmentExists(string Name) : Fault($"There is a segment '{Name}' already.")
{
    public override int Status => 409;

    public override string Field => "name";
}

internal sealed record SegmentNameRefused() : Fault("Give the segment a name of 1 to 120 characters.")
{
    public override string Field => "name";
}
