namespace Modular.Web.Kit;

/// <summary>A module's share of the dashboard: what moves now, what needs somebody, how the last days went. Added with <c>AddDashboardPart</c>.</summary>
public interface IDashboardPart
{
    /// <summary>Place on the page, ascending. What needs somebody stands below 10, what moves now below 20, figures after.</summary>
    int Order { get; }

    /// <summary>Who lacks it does not see the part.</summary>
    string Permission { get; }

    /// <summary>Path of the partial that draws the content's model, as in <c>/Pages/Campaigns/_SendingNow.cshtml</c>.</summary>
    string View { get; }

    /// <summary>Null when there is nothing to say. It is asked at each look at the page, so it answers in milliseconds.</summary>
    Task<DashboardContent?> LookAsync(Caller caller, CancellationToken ct);
}

/// <param name="Sentence">For the line below the page's heading: "One campaign is being sent."</param>
/// <param name="IsMoving">The part changes by itself now, so the page keeps looking.</param>
public sealed record DashboardContent(object Model, string? Sentence = null, bool IsMoving = false);
