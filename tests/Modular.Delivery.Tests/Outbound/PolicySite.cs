using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Modular.Delivery.Tests.Outbound;

/// <summary>The web site at <c>mta-sts.</c> of a domain, on loopback.</summary>
internal sealed class PolicySite : IAsyncDisposable
{
    private readonly WebApplication _app;

    private PolicySite(WebApplication app) => _app = app;

    public X509Certificate2? Certificate { get; set; }

    /// <summary>What it answers to each request, and counts it.</summary>
    public Func<HttpContext, Task> Answer { get; set; } = _ => Task.CompletedTask;

    public int Requests { get; private set; }

    public int Port => new Uri(_app.Urls.First()).Port;

    public static async Task<PolicySite> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        PolicySite? site = null;
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(https => https.ServerCertificateSelector = (_, _) => site!.Certificate)));
        var app = builder.Build();
        site = new PolicySite(app);
        app.Run(async context =>
        {
            site.Requests++;
            await site.Answer(context);
        });
        await app.StartAsync();
        return site;
    }

    /// <summary>Serves this text, as text/plain, at the one place where a policy is.</summary>
    public void Serve(string policy, int status = 200, string type = "text/plain") => Answer = async context =>
    {
        context.Response.StatusCode = context.Request.Path == "/.well-known/mta-sts.txt" ? status : 404;
        context.Response.ContentType = type;
        if (status is 301) context.Response.Headers.Location = "https://elsewhere.example/.well-known/mta-sts.txt";
        await context.Response.WriteAsync(policy);
    };

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
