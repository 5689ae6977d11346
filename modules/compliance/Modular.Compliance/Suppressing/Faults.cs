namespace Modular.Compliance.Suppressing;

internal sealed record ComplaintStands() : Fault("This person reported our mail as spam. Only their own renewed consent can lift that.")
{
    public override int Status => 409;
}

internal sealed record BadAddress(int Position, string Reason) : Fault($"Address {Position + 1}: {Reason} Nothing was added.")
{
    public override string? Field => "emails";
}

internal sealed record NoAddresses() : Fault($"Send 1 to {SuppressionEndpoints.MostAddresses} addresses in 'emails'.")
{
    public override string? Field => "emails";
}

internal sealed record UnknownReason(string? Word) : Fault($"There is no reason '{Word}'. There are: {string.Join(", ", SuppressionWords.All)}.")
{
    public override string? Field => "reason";
}

internal sealed record SourceHoldsAddress() : Fault("The source may not hold an address: it is kept in clear.")
{
    public override string? Field => "source";
}
