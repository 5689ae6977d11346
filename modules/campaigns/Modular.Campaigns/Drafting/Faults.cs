namespace Modular.Campaigns.Drafting;

internal sealed record FieldFault(string Name, string Why) : Fault(Why)
{
    public override string? Field => Name;
}

internal sealed record ContentIsFrozen(string State) : Fault($"This campaign is {State}: its content and audience are frozen. Copy it to change it.")
{
    public override int Status => 409;
}

internal sealed record SenderNotYours(IReadOnlyList<string> Domains)
    : Fault($"Your role does not reach the domain of this sender. {(Domains.Count == 0 ? "It reaches none that exists." : $"It reaches {string.Join(", ", Domains)}.")}")
{
    public override int Status => 403;

    public override string? Field => "fromAddress";
}

internal sealed record NoListInReach() : Fault("Your role reaches no list, so a campaign of yours would have no recipients. Ask an administrator of your tenant for a list.")
{
    public override int Status => 403;
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
