using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.Mvc.ViewFeatures;
using Microsoft.AspNetCore.Razor.TagHelpers;

namespace Modular.Web.Kit.Components;

/// <summary>
/// The page before a destructive act, a page of its own: child content names what it touches and how many. Where it cannot be undone,
/// <c>type</c> is the name to be typed, and <see cref="Confirmation.WasTyped"/> judges it on the server.
/// </summary>
[HtmlTargetElement("confirm-act")]
public sealed class ConfirmAct(IHtmlGenerator html) : TagHelper
{
    [ViewContext, HtmlAttributeNotBound]
    public ViewContext ViewContext { get; set; } = null!; // set by MVC

    /// <summary>The button's words: "Delete 1,204 contacts".</summary>
    public required string Act { get; set; }

    /// <summary>Where "Cancel" leads.</summary>
    public required string Cancel { get; set; }

    /// <summary>What must be typed; null when the act can be undone.</summary>
    public string? Type { get; set => field = value.OrNull(); }

    /// <summary>The words beside the field when something else was typed.</summary>
    public string? Fault { get; set => field = value.OrNull(); }

    public override async Task ProcessAsync(TagHelperContext context, TagHelperOutput output)
    {
        var touched = await output.GetChildContentAsync();
        output.Become("form", "confirm");
        output.Attributes.SetAttribute("method", "post");
        var invalid = Markup.If(!string.IsNullOrEmpty(Fault), $""" aria-invalid="true" aria-describedby="confirm-fault" autofocus""");
        var field = Markup.If(!string.IsNullOrEmpty(Type), $"""
            <div class="field{(string.IsNullOrEmpty(Fault) ? "" : " faulty")}"><label for="confirm">{Text.Get("TypeToConfirm", Type)}</label>
            <input id="confirm" name="{Confirmation.Field}" autocomplete="off" spellcheck="false"{invalid}>{Markup.If(!string.IsNullOrEmpty(Fault), $"""<p class="fault" id="confirm-fault">{Icon.Of("fault")}{Fault}</p>""")}</div>
            """);
        output.Content.SetHtmlContent(Markup.Of($"""
            {html.GenerateAntiforgery(ViewContext)}<div class="touches">{touched}</div>{field}
            <div class="form-actions"><button class="button danger">{Act}</button><a class="button" href="{Cancel}">{Text.Get("Cancel")}</a></div>
            """));
    }
}

public static class Confirmation
{
    public const string Field = "confirm";

    /// <summary>Whether the visitor typed the name that the page asked for; spaces around it are forgiven, case is not.</summary>
    public static bool WasTyped(HttpRequest request, string name) =>
        request.HasFormContentType && string.Equals(request.Form[Field].ToString().Trim(), name, StringComparison.Ordinal);
}
