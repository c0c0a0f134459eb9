// What relay-compiler compiles. In a bundled app these tags stand beside the components, and babel-plugin-relay puts
// their artifacts in their place; here `relay.test.ts` imports the artifacts itself, and nobody runs this file.
import { graphql } from 'relay-runtime';

graphql`
  query relayHistoryQuery($first: Int) {
    viewer {
      isTenantAdmin
      user { name }
    }
    membershipImports(first: $first) {
      nodes { id status action file { name rowCount } uploadedBy { name } }
    }
  }
`;

graphql`
  mutation relayUploadMutation($file: Upload!) {
    uploadMembershipFile(input: { file: $file }) {
      membershipImport { id status step bannerMessage file { name sizeBytes rowCount } }
      userErrors { code message field rowNumber byteOffset }
    }
  }
`;

graphql`
  subscription relayWatchSubscription {
    importsChanged {
      change { status step version membershipImport { id file { name } } }
      activeImport { id bannerMessage }
    }
  }
`;
