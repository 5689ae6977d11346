namespace Modular.Campaigns.Drafting;

internal sealed record FieldFault(string Name, string Why) : Fault(Why)
{
    public override string? Field => Name;
}

internal sealed record ContentIsFrozen(string State) : Fault($"This campaign is {State}: its content and audience are frozen. Copy it to change it.")
{
    public override int Status => 409;
}

internal sealed record TemplateNameTaken(string Name) : Fault($"There is a template called '{Name}' already. Choose another name.")
{
    public override int Status => 409;

    public override string? Field => "name";
}

internal sealed record DraftNotReady(IReadOnlyList<Finding> Findings) : Fault("This campaign cannot be sent yet. " + string.Join(" ", Findings.Select(f => f.Detail)))
{
    public override int Status => 422;

    public override string? Field => Findings.Count == 1 ? Findings[0].Field : null;
}
