namespace Modular.Architecture.Tests;

public sealed class ProjectTests
{
    [Fact]
    public void Each_project_knows_only_what_its_place_allows() =>
        Assert.Empty(Repository.Projects.SelectMany(WhatProjectsMayKnow.Violations));

    [Theory]
    [InlineData("Modular.Kernel", "host/Modular.Kernel/", "Modular.Contacts", "")]
    [InlineData("Modular.Kernel", "host/Modular.Kernel/", "", "AngleSharp")]
    [InlineData("Modular.Mail", "modules/delivery/Modular.Mail/", "Modular.Kernel", "")]
    [InlineData("Modular.Mail", "modules/delivery/Modular.Mail/", "", "Npgsql")]
    [InlineData("Modular.Contacts.Contracts", "modules/contacts/", "Modular.Contacts", "")]
    [InlineData("Modular.Contacts.Contracts", "modules/contacts/", "Modular.Delivery.Contracts", "")]
    [InlineData("Modular.Campaigns", "modules/campaigns/", "Modular.Contacts", "")]
    [InlineData("Modular.Campaigns", "modules/campaigns/", "Modular.Mail", "")]
    [InlineData("Modular.Campaigns", "modules/campaigns/", "Modular.Host", "")]
    [InlineData("Modular.Plugins.Http", "plugins/http/", "Modular.Kernel", "")]
    [InlineData("Modular.Host", "host/Modular.Host/", "Modular.Mail", "")]
    public void A_project_that_reaches_too_far_is_found(string name, string path, string reference, string package)
    {
        var project = new Project(name, path, reference.Length > 0 ? [reference] : [], package.Length > 0 ? [package] : []);

        Assert.Single(WhatProjectsMayKnow.Violations(project));
    }
}
