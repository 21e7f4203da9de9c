// The publisher's side of a sealed model, from keys to a permission. Run it without arguments to see how it is used.
using System.Globalization;
using System.Text;
using Oml.Sdk;
using SealModel;

Console.OutputEncoding = Encoding.UTF8;
try
{
    switch (args)
    {
        case ["keys", string folder]:
            await Keys.CreateAsync(folder);
            return 0;
        case ["licensee", string folder]:
            await Keys.CreateLicenseeAsync(folder);
            return 0;
        case ["seal", string folder, string model, string target]:
            await Publishing.SealAsync(folder, model, target);
            return 0;
        case ["permit", string folder, string target, string licenseePem, string days, string quota]:
            await Publishing.PermitAsync(
                folder, target, licenseePem, int.Parse(days, CultureInfo.InvariantCulture), long.Parse(quota, CultureInfo.InvariantCulture));
            return 0;
        case ["check", string target, string publisherPem]:
            await Publishing.CheckAsync(target, publisherPem);
            return 0;
        default:
            Console.WriteLine("""
                Publisher:
                  keys FOLDER                                     makes a publisher key and a content key, encrypted with $OML_PASSWORD
                  seal FOLDER MODEL.onnx MODEL.oml                encrypts and signs a model and its external data
                  permit FOLDER MODEL.oml LICENSEE.pem DAYS QUOTA writes a permission that opens it: MODEL.oml.permission

                Licensee:
                  licensee FOLDER                                 makes a licensee key; send licensee.pem to the publisher
                  check MODEL.oml PUBLISHER.pem                   checks every byte of a sealed model, without a key
                """);
            return 2;
    }
}
catch (Exception error) when (error is OmlException or IOException or ArgumentException or FormatException or System.Security.Cryptography.CryptographicException)
{
    Console.Error.WriteLine($"error: {error.Message}");
    return 1;
}
