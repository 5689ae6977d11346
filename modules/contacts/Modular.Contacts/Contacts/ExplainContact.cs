namespace Modular.Contacts;

/// <summary>Where the recipient came from, and what became of the contact.</summary>
internal sealed class ExplainContact(TenantDb db) : IExplain
{
    private const string Origin = """
        select c.created_at, j.file_name, j.source, c.import_id, c.import_line
          from contact c left join import_job j using (import_id) where c.contact_id = @ContactId
        """;

    private const string History = "select at, what, detail, actor from contact_history where contact_id = @ContactId order by at limit 200";

    public async Task<IReadOnlyList<ExplainedStep>> ExplainAsync(ExplainSubject subject, CancellationToken ct)
    {
        var origin = await db.FindAsync<OriginRow>(subject.Tenant, Origin, new { subject.ContactId }, ct);
        if (origin is null) return [];
        var steps = new List<ExplainedStep>();
        if (origin.ImportId is { } import) steps.Add(new(origin.CreatedAt, "contacts", $"imported from {origin.FileName ?? "a file"}, line {origin.ImportLine}", $"import {import}"));
        foreach (var row in await db.ListAsync<HistoryRow>(subject.Tenant, History, new { subject.ContactId }, ct))
            steps.Add(new(row.At, "contacts", $"contact {row.What} by {row.Actor}", row.Detail));
        return steps;
    }

    private sealed record OriginRow(DateTimeOffset CreatedAt, string? FileName, string? Source, long? ImportId, long? ImportLine);

    private sealed record HistoryRow(DateTimeOffset At, string What, string? Detail, string Actor);
}
