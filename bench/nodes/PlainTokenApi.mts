import type {
	IAuthenticateGeneric,
	ICredentialDataDecryptedObject,
	ICredentialType,
	IDataObject,
	IHttpRequestHelper,
	INodeProperties,
} from 'n8n-workflow';

/**
 * Sign-in to Campaign Factory as n8n's documentation shows it: `preAuthentication` asks for a token whenever n8n wants
 * one, and nothing brings those together that happen at the same time.
 */
export class PlainTokenApi implements ICredentialType {
	name = 'plainTokenApi';

	displayName = 'Plain Token API';

	properties: INodeProperties[] = [
		...['baseUrl', 'username', 'password', 'clientId', 'clientSecret'].map(
			(name): INodeProperties => ({ displayName: name, name, type: 'string', default: '' }),
		),
		{
			displayName: 'Session Token',
			name: 'sessionToken',
			type: 'hidden',
			typeOptions: { expirable: true, password: true },
			default: '',
		},
	];

	async preAuthentication(
		this: IHttpRequestHelper,
		credentials: ICredentialDataDecryptedObject,
	): Promise<IDataObject> {
		const answer = (await this.helpers.httpRequest({
			method: 'POST',
			url: `${String(credentials.baseUrl)}/oauth/token`,
			body: {
				grant_type: 'password',
				username: credentials.username,
				password: credentials.password,
				client_id: credentials.clientId,
				client_secret: credentials.clientSecret,
				scope: 'api-access manage-accounts',
			},
			json: true,
		})) as IDataObject;
		return { sessionToken: answer.access_token };
	}

	authenticate: IAuthenticateGeneric = {
		type: 'generic',
		properties: { headers: { Authorization: '=Bearer {{$credentials.sessionToken}}' } },
	};
}
