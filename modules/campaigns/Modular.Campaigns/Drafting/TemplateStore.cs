using Modular.Kernel.Auditing;
using Npgsql;

namespace Modular.Campaigns.Drafting;

/// <summary>Content to begin campaigns from.</summary>
internal sealed record Template
{
    public required long TemplateId { get; init; }

    public required string Name { get; init; }

    public required string Subject { get; init; }

    public required string Html { get; init; }

    public required string Text { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }
}

internal sealed class TemplateStore(TenantDb db, IAudit audit, TimeProvider clock)
{
    private const string Columns = "template_id, name, subject, html, text, created_at, updated_at";

    private const string Page = """
        select template_id, name, subject, '' as html, '' as text, created_at, updated_at from template
         where (@before = 0 or template_id < @before)
         order by template_id desc
         limit @size
        """;

    private const string Find = $"select {Columns} from template where template_id = @templateId";

    private const string Insert = $"""
        insert into template (name, subject, html, text, created_at, updated_at) values (@Name, @Subject, @Html, @Text, @now, @now) returning {Columns}
        """;

    private const string Change = $"""
        update template set name = coalesce(@Name, name), subject = coalesce(@Subject, subject), html = coalesce(@Html, html), text = coalesce(@Text, text), updated_at = @now
         where template_id = @templateId
        returning {Columns}
        """;

    private const string Delete = "delete from template where template_id = @templateId";

    public Task<IReadOnlyList<Template>> ListAsync(TenantId tenant, long before, int size, CancellationToken ct) =>
        db.ListAsync<Template>(tenant, Page, new { before, size = Math.Clamp(size, 1, CampaignDrafts.MaxPage) }, ct);

    public Task<Template?> FindAsync(TenantId tenant, long templateId, CancellationToken ct) => db.FindAsync<Template>(tenant, Find, new { templateId }, ct);

    public Task<Result<Template>> CreateAsync(TenantId tenant, DraftChange draft, string actor, CancellationToken ct) =>
        string.IsNullOrWhiteSpace(draft.Name)
            ? Task.FromResult<Result<Template>>(new FieldFault("name", "Give the template a name."))
            : WriteAsync(tenant, draft, "template.created", Insert, new { Name = draft.Name.Trim(), Subject = draft.Subject ?? "", Html = draft.Html ?? "", Text = draft.Text ?? "", now = clock.GetUtcNow() }, actor, ct);

    public Task<Result<Template>> ChangeAsync(TenantId tenant, long templateId, DraftChange change, string actor, CancellationToken ct) =>
        WriteAsync(tenant, change, "template.changed", Change, new { templateId, Name = change.Name?.Trim(), change.Subject, change.Html, change.Text, now = clock.GetUtcNow() }, actor, ct);

    public async Task<Result<bool>> DeleteAsync(TenantId tenant, long templateId, string actor, CancellationToken ct)
    {
        await using var transaction = await db.BeginAsync(tenant, ct);
        if (await transaction.RunAsync(Delete, new { templateId }, ct) == 0) return new NotFound("template");
        await audit.AppendAsync(transaction, new AuditEntry(actor, "template.deleted", $"template/{templateId}"), ct);
        await transaction.CommitAsync(ct);
        return true;
    }

    private async Task<Result<Template>> WriteAsync(TenantId tenant, DraftChange change, string action, string sql, object args, string actor, CancellationToken ct)
    {
        if (change.Fault() is { } fault) return fault;
        await using var transaction = await db.BeginAsync(tenant, ct);
        try
        {
            if (await transaction.FindAsync<Template>(sql, args, ct) is not { } template) return new NotFound("template");
            await audit.AppendAsync(transaction, new AuditEntry(actor, action, $"template/{template.TemplateId}", template.Name), ct);
            await transaction.CommitAsync(ct);
            return template;
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            return new TemplateNameTaken(change.Name?.Trim() ?? "");
        }
    }
}
