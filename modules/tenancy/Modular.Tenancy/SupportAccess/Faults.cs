namespace Modular.Tenancy.SupportAccess;

internal sealed record BadHours() : Fault($"Support access lasts 1 to {SupportBook.LongestHours} hours.")
{
    public override string? Field => "hours";
}

internal sealed record BadReason() : Fault($"Say in 1 to {SupportBook.LongestReason} characters what it is for; the audit keeps it.")
{
    public override string? Field => "reason";
}

internal sealed record NotAsOwner() : Fault("Nobody gets the owner's rights by support access. Choose another role.")
{
    public override string? Field => "role";
}

internal sealed record NotBySupport() : Fault("Who is here by support access cannot lengthen it.")
{
    public override int Status => 403;
}
