namespace Modular.Compliance.Auditing;

internal sealed record BadAddress() : Fault("The address is none: write it as 192.0.2.7 or 2001:db8::7.")
{
    public override string? Field => "address";
}

internal sealed record BadOutcome() : Fault("'outcome' is done or refused.")
{
    public override string? Field => "outcome";
}

internal sealed record BadTime(string Name) : Fault($"'{Name}' is a day or a moment: 2026-01-31 or 2026-01-31T12:00:00Z.")
{
    public override string? Field => Name;
}

internal sealed record BadFormat() : Fault("'format' is csv or jsonl.")
{
    public override string? Field => "format";
}
